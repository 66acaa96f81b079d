"""Compiled operations: statements for just the selected columns, generated functions that build the response.

A plan is made once for an operation, its `@skip`/`@include` values and the standing of the viewer. What a plan cannot
do raises `Unplannable` while it is made; what surprises it while it runs raises `Surprise`. Either way Strawberry's
executor runs the operation over the same sources instead, so errors, paths and null propagation stay exact.
"""
