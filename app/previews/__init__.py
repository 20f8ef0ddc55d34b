"""Stored files as they can be looked at in a page: blocks of text and tables, or pictures. Nothing in a file runs.

Files come from anywhere, so each is read in a process of its own with little memory and time. Nothing is kept.
"""
