"""An authority's own extract of requests and plans, to monthly counts that name nobody."""
