enum ChatPosixPlaceholder {}
