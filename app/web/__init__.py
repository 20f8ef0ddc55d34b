"""The pages: server-rendered, in Chinese and English, every form works without a script.

One module a place. A page's whole context is one frozen dataclass; use cases decide, pages show. Changes are POST, then
303, then GET.
"""
