"""One file for each rule; its docstring is the page that ``desync explain`` shows."""
