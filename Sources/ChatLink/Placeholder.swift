enum ChatLinkPlaceholder {}
