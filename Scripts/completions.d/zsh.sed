# The value of an option may stand in the same word: --mode=free, -ojson.
/\]:[a-z-]*:/ {
  s/--\([a-z-]*\)\[/--\1=[/
  s/{-\(.\),--\([a-z-]*\)}/{-\1+,--\2=}/
}
