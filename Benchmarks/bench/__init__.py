"""The benchmark of chatserve and chatclient. See docs/performance.md."""
