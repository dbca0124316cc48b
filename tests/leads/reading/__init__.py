"""Readers of answers, one by one."""
