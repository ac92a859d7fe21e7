"""How clients reach the relay: who may, over what, and under which certificate.

Spec: MB-15..MB-19, RL-30..RL-37
"""
