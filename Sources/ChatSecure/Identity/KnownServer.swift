import ChatCore

/// What a client remembers of a server, one file each, in lines:
///
///     chatclient server 1
///     key SHA256:…               (or: clear)
///     since 2026-11-02
///     own …                      (the 32 bytes of the key shown there, base64;
///                                 or: none)
///
/// All are there, so that a file that was cut is no other file. What is not
/// exactly this is damaged, and whoever finds it damaged does not connect: a pin
/// that is lost would be no pin.
package struct KnownServer: Sendable {
  package enum Trust: Hashable, Sendable {
    /// It has this key, and is never spoken to but in TLS.
    case pinned(Fingerprint)
    /// It answered in clear where TLS was tried: it is not tried again.
    case clear
  }

  /// A file that is not one of ours.
  package enum Damage: Error, Hashable, Sendable {
    case tooLong
    case otherVersion
    /// Lines are counted from 1.
    case line(Int)
    /// Not damaged: this system had no memory for it.
    case noMemory
  }

  /// The longest file that is looked at, in bytes; one has some 160.
  package static let longestText = 1024
  private static let firstLine = "chatclient server 1"

  package var trust: Trust
  /// The day it was first met, as `2026-11-02`.
  package let since: String
  /// The key that this server is shown, and no other server.
  package var ownKey: PrivateKey?

  /// `nil` when `since` is no day.
  package init?(_ trust: Trust, since: String, ownKey: PrivateKey? = nil) {
    guard Self.isDay(since) else { return nil }
    self.trust = trust
    self.since = since
    self.ownKey = ownKey
  }

  package init(text bytes: [UInt8]) throws(Damage) {
    guard bytes.count <= Self.longestText else { throw .tooLong }
    guard let text = String(validating: bytes, as: UTF8.self), text.utf8.allSatisfy({ $0 < 0x80 })
    else { throw .line(1) }
    // Bytes, not characters: CR LF would be one.
    let lines = text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
      .map { Substring($0) }
    guard lines[0] == Self.firstLine else {
      throw lines[0].hasPrefix("chatclient server ") ? .otherVersion : .line(1)
    }
    func line(_ number: Int) throws(Damage) -> Substring {
      guard lines.indices.contains(number - 1) else { throw .line(number) }
      return lines[number - 1]
    }
    let trust: Trust
    if try line(2) == "clear" {
      trust = .clear
    } else if try line(2).hasPrefix("key "), let print = Fingerprint(try line(2).dropFirst(4)) {
      trust = .pinned(print)
    } else {
      throw .line(2)
    }
    let since = try line(3)
    guard since.hasPrefix("since "), Self.isDay(since.dropFirst(6)) else { throw .line(3) }
    var own: PrivateKey?
    if try line(4) != "own none" {
      guard try line(4).hasPrefix("own "),
        let seed = Base64.decode(try line(4).dropFirst(4).utf8, isPadded: true),
        seed.count == 32
      else { throw .line(4) }
      do throws(SecureSetupError) {
        own = try PrivateKey(seed: seed)
      } catch {
        throw .noMemory
      }
    }
    // The last line ends too, and nothing comes after it.
    guard try line(5).isEmpty, lines.count == 5 else { throw .line(5) }
    self.trust = trust
    self.since = String(since.dropFirst(6))
    ownKey = own
  }

  /// What ``init(text:)`` reads.
  package var text: String {
    var lines = [Self.firstLine]
    switch trust {
    case .pinned(let print): lines.append("key \(print)")
    case .clear: lines.append("clear")
    }
    lines.append("since \(since)")
    lines.append("own " + (ownKey.map { Base64.encode($0.seed, isPadded: true) } ?? "none"))
    return lines.joined(separator: "\n") + "\n"
  }

  /// The name of the file: the host as typed, in lower case, what else is not a
  /// letter, a digit or one of `.-_:` as `%` and two digits.
  ///
  /// - Returns: `nil` when a name would be longer than a file's (255 bytes) or
  ///   the host is empty.
  package static func fileName(host: String, port: UInt16) -> String? {
    var name = "["
    for byte in host.utf8 {
      switch byte {
      case UInt8(ascii: "A")...UInt8(ascii: "Z"):
        name.unicodeScalars.append(Unicode.Scalar(byte | 0x20))
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
        UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: ":"):
        name.unicodeScalars.append(Unicode.Scalar(byte))
      default:
        name += "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
      }
    }
    name += "]:\(port)"
    return host.isEmpty || name.utf8.count > 255 ? nil : name
  }

  private static func isDay(_ text: some StringProtocol) -> Bool {
    let text = String(text)
    let parts = text.utf8.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
    guard parts.map(\.count) == [4, 2, 2],
      parts.joined().allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
      let month = Int(Substring(parts[1])), let day = Int(Substring(parts[2]))
    else { return false }
    return (1...12).contains(month) && (1...31).contains(day)
  }
}
