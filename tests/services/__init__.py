"""The real Elasticsearch, PostgreSQL and Redis as plain processes for tests and benchmarks."""
