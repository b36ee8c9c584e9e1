/// Reads the page that `history` writes as a strict reader would: every tag is
/// one of the page's own and closed in order, every `&` begins an escape.
struct Markup {
  /// The text of each message, its rows parted by line feeds.
  private(set) var messages: [String] = []

  private static let tags: Set<String> = [
    "html", "head", "meta", "title", "style", "body", "section", "h2", "bdi", "p", "time", "ol",
    "li", "b", "i", "br", "table", "tr", "th", "td", "!DOCTYPE",
  ]
  /// They have no end tag, or may leave it out (HTML Living Standard 13.1.2.4).
  private static let open: Set<String> = ["meta", "br", "tr", "th", "td", "!DOCTYPE"]
  private static let attributes: Set<String> = [
    "lang", "charset", "http-equiv", "content", "name", "class", "datetime", "html",
  ]
  private static let escapes = ["lt": "<", "gt": ">", "amp": "&", "quot": "\"", "#39": "'"]

  init(_ page: String) throws {
    var rest = Substring(page)
    var within: [String] = []
    var message: String?
    while !rest.isEmpty {
      let text = rest.prefix { $0 != "<" }
      rest = rest.dropFirst(text.count)
      if within.last != "style" { message? += try Self.unescaped(text) }
      guard !rest.isEmpty else { break }
      guard let end = rest.firstIndex(of: ">") else { throw TortureFailure("a tag without an end") }
      let tag = rest[..<end].dropFirst()
      rest = rest[rest.index(after: end)...]
      if tag.first == "/" {
        let name = String(tag.dropFirst())
        try hold(within.popLast() == name, "</\(name)> closes another")
        if name == "bdi", let whole = message {
          messages.append(whole)
          message = nil
        }
        continue
      }
      let name = try Self.name(of: tag)
      if name == "br" { message? += "\n" }
      if tag == "bdi class=\"text\"" { message = "" }
      if !Self.open.contains(name) { within.append(name) }
    }
    try hold(within.isEmpty, "\(within) are not closed")
  }

  /// The name of a start tag whose attributes are the page's own.
  private static func name(of tag: Substring) throws -> String {
    let name = String(tag.prefix { $0 != " " })
    try hold(tags.contains(name), "<\(tag)>")
    var rest = tag.dropFirst(name.count)
    while let start = rest.firstIndex(where: { $0 != " " }) {
      rest = rest[start...]
      let attribute = String(rest.prefix { $0 != "=" && $0 != " " })
      try hold(attributes.contains(attribute), "<\(tag)>")
      rest = rest.dropFirst(attribute.count)
      guard rest.first == "=" else { continue }
      rest = rest.dropFirst()
      try hold(rest.first == "\"", "<\(tag)>")
      guard let end = rest.dropFirst().firstIndex(of: "\"") else {
        throw TortureFailure("<\(tag)>")
      }
      rest = rest[rest.index(after: end)...]
    }
    return name
  }

  private static func unescaped(_ text: Substring) throws -> String {
    var result = ""
    var rest = text
    while let character = rest.popFirst() {
      guard character == "&" else {
        result.append(character)
        continue
      }
      let name = rest.prefix { $0 != ";" }
      guard let meant = escapes[String(name)] else { throw TortureFailure("&\(name.prefix(10))") }
      result += meant
      rest = rest.dropFirst(name.count + 1)
    }
    return result
  }
}
