import ChatPosix

/// What `--tz` takes: `local`, `utc`, `±HH:MM`, or a name of the time zone
/// database such as `America/Los_Angeles`.
public enum ZoneName: Hashable, Sendable {
  case local
  case utc
  case fixed(seconds: Int)
  /// A path below the zone database that stays there.
  case named(String)

  /// - Throws: ``ZoneError`` when `text` has none of these forms.
  public init(_ text: String) throws(ZoneError) {
    switch text.lowercased() {
    case "local": self = .local
    case "utc", "z", "gmt": self = .utc
    default:
      if let seconds = Self.offset(text) {
        self = .fixed(seconds: seconds)
      } else if Self.isSafe(text) {
        self = .named(text)
      } else {
        throw .malformed(text)
      }
    }
  }

  /// The zone of this name. A named one becomes the process's own, once in a
  /// run and before anything is asked of local time.
  ///
  /// - Throws: ``ZoneError/unknown(_:)`` when there is no such zone here.
  public func choose() throws(ZoneError) -> Zone {
    switch self {
    case .utc: return .utc
    case .fixed(let seconds): return .fixed(seconds: seconds)
    case .local:
      Clock.loadZone()
      return .local
    case .named(let name):
      guard Clock.setZone(name) else { throw .unknown(name) }
      return .local
    }
  }

  /// `±HH:MM`, `±HHMM` or `±HH`, in seconds; at most a day less a minute.
  static func offset(_ text: String) -> Int? {
    var rest = Substring(text).utf8
    guard let sign = rest.popFirst(), sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-")
    else { return nil }
    var digits: [Int] = []
    for (index, byte) in rest.enumerated() {
      if byte == UInt8(ascii: ":"), index == 2, rest.count == 5 { continue }
      guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
      digits.append(Int(byte - UInt8(ascii: "0")))
    }
    guard digits.count == 2 || digits.count == 4 else { return nil }
    let hours = digits[0] * 10 + digits[1]
    let minutes = digits.count == 4 ? digits[2] * 10 + digits[3] : 0
    guard hours < 24, minutes < 60 else { return nil }
    let seconds = hours * 3600 + minutes * 60
    return sign == UInt8(ascii: "-") ? -seconds : seconds
  }

  /// Whether a name stays below the zone database.
  private static func isSafe(_ name: String) -> Bool {
    let parts = name.split(separator: "/", omittingEmptySubsequences: false)
    return parts.allSatisfy { part in
      !part.isEmpty && !part.hasPrefix(".")
        && part.utf8.allSatisfy { byte in
          (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
            || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
            || [UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "+")].contains(byte)
        }
    }
  }
}

/// Why there is no zone; carries the text that was given.
public enum ZoneError: Error, Hashable, Sendable {
  case malformed(String)
  /// A name that is not in this system's zone database.
  case unknown(String)
}
