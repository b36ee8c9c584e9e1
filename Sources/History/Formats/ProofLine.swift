import ChatCore
import ChatDigest
import Transcript

/// A proof as a line of JSON in ASCII, without a byte that could be another: what reads it
/// writes it again and compares. Numbers have no sign but a minus; texts have `\uXXXX`, in
/// small letters, for all but what is printed in ASCII, and `\" \\ \b \f \n \r \t`.
/// So does `json.dumps` of Python with `separators=(",", ":")`.
struct ProofLine {
  private(set) var text = ""

  init(_ proof: Proof) {
    text += "{\"v\":1,\"type\":\"proof\",\"conversation\":\(proof.conversation),\"events\":"
    list(proof.events) { line, values in line.list(values) { $0.add($1) } }
    let seal = proof.seal
    text += ",\"seal\":{"
    let members: [(String, SQLValue)] = [
      ("id", .integer(seal.id)), ("at", .integer(seal.at.milliseconds)),
      ("kind", .text(seal.kind)), ("last_event", .integer(seal.lastEvent)),
      ("run_id", SQLValue(seal.run)), ("stopped_at", SQLValue(seal.stoppedAt?.milliseconds)),
      ("note", SQLValue(seal.note)), ("key", SQLValue(seal.key)),
      ("previous", SQLValue(proof.previous?.bytes)),
    ]
    for (name, value) in members {
      text += "\"\(name)\":"
      add(value)
      text += ","
    }
    text += "\"heads\":"
    list(proof.heads) { line, head in
      let values: [SQLValue] = [
        .integer(head.conversation), .integer(head.event), .blob(head.link.bytes),
      ]
      line.list(values) { $0.add($1) }
    }
    text += ",\"signature\":"
    add(SQLValue(seal.signature))
    text += "}}"
  }

  private mutating func list<Element>(
    _ elements: [Element], _ add: (inout ProofLine, Element) -> Void
  ) {
    text += "["
    for (index, element) in elements.enumerated() {
      if index > 0 { text += "," }
      add(&self, element)
    }
    text += "]"
  }

  private mutating func add(_ value: SQLValue) {
    switch value {
    case .null: text += "null"
    case .integer(let number): text += "\(number)"
    case .text(let string): text += "\"\(Self.escaped(string))\""
    case .blob(let bytes): text += "{\"blob\":\"\(bytes.map { Self.hex($0, 2) }.joined())\"}"
    }
  }

  private static func escaped(_ text: String) -> String {
    var escaped = ""
    for unit in text.utf16 {
      switch unit {
      case 0x22: escaped += "\\\""
      case 0x5c: escaped += "\\\\"
      case 0x08: escaped += "\\b"
      case 0x0c: escaped += "\\f"
      case 0x0a: escaped += "\\n"
      case 0x0d: escaped += "\\r"
      case 0x09: escaped += "\\t"
      case 0x20...0x7e: escaped.unicodeScalars.append(UnicodeScalar(UInt8(unit)))
      default: escaped += "\\u" + hex(unit, 4)
      }
    }
    return escaped
  }

  private static func hex(_ number: some UnsignedInteger, _ width: Int) -> String {
    let digits = String(number, radix: 16)
    return String(repeating: "0", count: width - digits.count) + digits
  }
}
