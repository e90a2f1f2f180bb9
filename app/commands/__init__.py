"""The commands of `hoso`, by what they are about. Exit codes: 0 done, 1 something failed and is named, 2 wrong use."""
