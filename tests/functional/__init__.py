"""Pages as people use them, through the test client."""
