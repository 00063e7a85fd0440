"""Opens files of every kind that may hold a return or a publication: bytes in, tables of text cells out."""
