/// The emoji tag sequences that Unicode recommends: the flags of England,
/// Scotland and Wales (UTS #51, RGI_Emoji_Tag_Sequence). Any other tags are
/// invisible text, and a way to hide some.
enum TagSequence {
  /// BLACK FLAG, which the tags follow.
  static let base: Unicode.Scalar = "\u{1f3f4}"

  private static let regions: [[UInt32]] = ["gbeng", "gbsct", "gbwls"].map { region in
    // Tags repeat ASCII from U+E0000; CANCEL TAG ends them.
    region.unicodeScalars.map { 0xe0000 + $0.value } + [0xe007f]
  }

  /// Where the tags at the start of `scalars` end, when they are a flag's.
  static func end(in scalars: Substring.UnicodeScalarView) -> String.Index? {
    for region in regions {
      let head = scalars.prefix(region.count)
      if head.map(\.value) == region { return head.endIndex }
    }
    return nil
  }
}
