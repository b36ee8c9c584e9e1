import ChatCore
import Transcript

/// What a client has not confirmed, between the keeper and the listener.
extension KeeperAnswer {
  static func add(_ unconfirmed: TranscriptWriter.Unconfirmed, to fields: inout ControlWriter) {
    fields.add(unconfirmed.handle.text)
    fields.add(Int64(unconfirmed.count))
    for text in unconfirmed.texts { fields.add(shortened(text)) }
  }

  static func unconfirmed(
    _ fields: inout ControlReader
  ) throws(ControlError) -> TranscriptWriter.Unconfirmed {
    var unconfirmed = TranscriptWriter.Unconfirmed(
      handle: try fields.handle(), count: try fields.count(), texts: [])
    while !fields.isAtEnd {
      guard unconfirmed.texts.count < TranscriptWriter.unconfirmedTexts else { throw .trailing }
      let text = try fields.text()
      guard text.utf8.count <= ControlLimits.unconfirmedLength + ellipsis.utf8.count else {
        throw .outOfRange
      }
      unconfirmed.texts.append(text)
    }
    guard unconfirmed.texts.count <= unconfirmed.count else { throw .outOfRange }
    return unconfirmed
  }

  private static let ellipsis = "…"

  /// Whose own words these are needs no more to know them again.
  private static func shortened(_ text: String) -> String {
    guard text.utf8.count > ControlLimits.unconfirmedLength else { return text }
    var scalars = text.unicodeScalars[...]
    scalars = scalars.prefix(ControlLimits.unconfirmedLength)
    while scalars.reduce(0, { $0 + UTF8.width($1) }) > ControlLimits.unconfirmedLength {
      scalars.removeLast()
    }
    return String(String.UnicodeScalarView(scalars)) + ellipsis
  }
}
