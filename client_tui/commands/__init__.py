"""The scriptable commands, one module each: `declare` its arguments, `run` it."""
