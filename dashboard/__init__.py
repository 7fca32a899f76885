"""The page: thin views that ask the questions of `vigie.queries` and draw the answers.

`charts` and `chart_files` need no browser and no Streamlit: the report draws with them too.
"""
