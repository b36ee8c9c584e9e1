import ChatCore

extension NativeCodec {
  /// Appends `record` with its NUL to `bytes`.
  ///
  /// A NUL inside a text would end the record early, so it goes out as
  /// U+FFFD; everything else goes out as it is.
  public static func encode(_ record: NativeRecord, into bytes: inout [UInt8]) {
    switch record {
    case .handle(let text): append(text, to: &bytes)
    case .mode(let mode): append("mode \(mode.rawValue)", to: &bytes)
    case .wait(let place): append("wait \(place)", to: &bytes)
    case .floor: append("floor", to: &bytes)
    case .say(let number, let message):
      append("say ", to: &bytes)
      append(String(number), to: &bytes)
      append(" ", to: &bytes)
      append(message.text, to: &bytes)
    case .invalidMessage: preconditionFailure("an invalid message is received, never sent")
    case .ack(let number):
      append("ack ", to: &bytes)
      append(String(number), to: &bytes)
    case .quit(let reason): append("quit \(reason.word)", to: &bytes)
    case .ping: append("ping", to: &bytes)
    case .pong: append("pong", to: &bytes)
    case .deny(let sentence): append("deny \(sentence)", to: &bytes)
    case .unknown(let verb): append(verb, to: &bytes)
    }
    bytes.append(0)
  }

  private static func append(_ text: String, to bytes: inout [UInt8]) {
    var text = text
    text.withUTF8 { utf8 in
      if utf8.contains(0) {
        for byte in utf8 {
          if byte == 0 { bytes.append(contentsOf: "\u{fffd}".utf8) } else { bytes.append(byte) }
        }
      } else {
        bytes.append(contentsOf: utf8)
      }
    }
  }
}
