"""The routes. Each reads the request, asks the parts that know, and writes the answer."""
