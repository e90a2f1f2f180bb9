"""Settings and the law as data; every other package may read it, it reads none of them."""
