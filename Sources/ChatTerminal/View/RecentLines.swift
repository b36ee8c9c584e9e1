import ChatCore

/// The last lines of a conversation, for `\history`.
package struct RecentLines: Sendable {
  package struct Line: Hashable, Sendable {
    /// Day and time, where they are known.
    package var when: String?
    package var name: String
    package var text: PeerText

    package init(when: String? = nil, name: String, text: PeerText) {
      self.when = when
      self.name = name
      self.text = text
    }
  }

  /// A screenful.
  package static let limit = 20

  package private(set) var lines: [Line] = []

  package init() {}

  mutating func append(_ text: PeerText, from name: String) {
    if lines.count == Self.limit { lines.removeFirst() }
    lines.append(Line(name: name, text: text))
  }
}
