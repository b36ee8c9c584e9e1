import ChatCore

/// Where to, as users of other programs write it: `host port`, `host:port`,
/// `[::1]:port`, `name@host`.
struct Destination: Equatable {
  var host: String
  var port: UInt16
  /// What is before the `@`: not checked.
  var handle: String?

  enum Failure: Error, Equatable {
    case noHost
    case noPort
    case badPort(String)
    case twoPorts
    case twoHandles
  }

  /// - Parameters:
  ///   - place: The first argument.
  ///   - port: The second one.
  ///   - option: `-p`, as ssh(1) has it.
  ///   - handle: `--handle`.
  /// - Throws: ``Failure``.
  init(
    _ place: String, port: String?, option: String?, handle: String?
  ) throws(Failure) {
    var host = place[...]
    self.handle = handle
    // A host has no `@`; a name may.
    if let at = host.lastIndex(of: "@") {
      if handle != nil { throw .twoHandles }
      self.handle = String(host[..<at])
      host = host[host.index(after: at)...]
    }
    let (name, attached) = Self.parts(host)
    if name.isEmpty { throw .noHost }
    let given = [attached, port, option].compactMap { $0 }
    guard let text = given.first else { throw .noPort }
    if given.count > 1 { throw .twoPorts }
    guard let number = UInt16(text), number > 0, text.allSatisfy(\.isNumber) else {
      throw .badPort(text)
    }
    self.host = String(name)
    self.port = number
  }

  /// A host, and the port behind its colon. An IPv6 address has colons of its
  /// own and needs brackets before one (RFC 3986 section 3.2.2).
  private static func parts(_ text: Substring) -> (Substring, String?) {
    if text.first == "[", let end = text.firstIndex(of: "]") {
      let host = text[text.index(after: text.startIndex)..<end]
      let rest = text[text.index(after: end)...]
      if rest.isEmpty { return (host, nil) }
      if rest.first == ":" { return (host, String(rest.dropFirst())) }
      return (text, nil)
    }
    guard let colon = text.firstIndex(of: ":"), text.lastIndex(of: ":") == colon else {
      return (text, nil)
    }
    return (text[..<colon], String(text[text.index(after: colon)...]))
  }
}
