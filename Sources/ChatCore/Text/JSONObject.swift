/// A JSON object that keeps its keys in the order they were set.
package struct JSONObject {
  package indirect enum Value {
    case null
    case bool(Bool)
    case integer(Int64)
    /// Must be finite.
    case number(Double)
    case string(String?)
    case object(JSONObject)
    case array([Value])
  }

  private var members: [(key: String, value: Value)] = []

  package init() {}

  /// Sets a key that was not set before.
  package subscript(key: String) -> Value {
    get { members.first { $0.key == key }?.value ?? .null }
    set { members.append((key, newValue)) }
  }

  package func write(isPretty: Bool, into output: inout some TextOutputStream) {
    var writer = JSONWriter(isPretty: isPretty)
    writer.write(members, into: &output)
  }
}

/// Writes JSON. Everything that a terminal might act on is written as an
/// escape, which loses nothing (RFC 8259 section 7).
private struct JSONWriter {
  let isPretty: Bool
  private var depth = 0

  init(isPretty: Bool) {
    self.isPretty = isPretty
  }

  mutating func write(
    _ members: [(key: String, value: JSONObject.Value)], into output: inout some TextOutputStream
  ) {
    output.write("{")
    depth += 1
    for (index, member) in members.enumerated() {
      separate(index, into: &output)
      write(member.key, into: &output)
      output.write(isPretty ? ": " : ":")
      write(member.value, into: &output)
    }
    close("}", isEmpty: members.isEmpty, into: &output)
  }

  private mutating func write(_ value: JSONObject.Value, into output: inout some TextOutputStream) {
    switch value {
    case .null, .string(nil): output.write("null")
    case .bool(let bool): output.write(bool ? "true" : "false")
    case .integer(let integer): output.write(String(integer))
    case .number(let number): output.write(number.description)
    case .string(let text?): write(text, into: &output)
    case .object(let object):
      var nested = self
      object.write(with: &nested, into: &output)
    case .array(let values):
      output.write("[")
      depth += 1
      for (index, value) in values.enumerated() {
        separate(index, into: &output)
        write(value, into: &output)
      }
      close("]", isEmpty: values.isEmpty, into: &output)
    }
  }

  private func separate(_ index: Int, into output: inout some TextOutputStream) {
    if index > 0 { output.write(",") }
    if isPretty { output.write("\n" + String(repeating: "  ", count: depth)) }
  }

  private mutating func close(
    _ bracket: String, isEmpty: Bool, into output: inout some TextOutputStream
  ) {
    depth -= 1
    if isPretty, !isEmpty { output.write("\n" + String(repeating: "  ", count: depth)) }
    output.write(bracket)
  }

  private func write(_ text: String, into output: inout some TextOutputStream) {
    output.write("\"")
    let isPlain = text.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7f && $0 != 0x22 && $0 != 0x5c }
    output.write(isPlain ? text : JSONText.escaped(text))
    output.write("\"")
  }
}

/// What is between the quotation marks of a JSON string.
package enum JSONText {
  /// `text` with escapes for what JSON does not take as it is, and for what a
  /// terminal might act on.
  package static func escaped(_ text: String) -> String {
    var escaped = ""
    let scalars = text[...].unicodeScalars
    var surroundings = Surroundings()
    for index in scalars.indices {
      let scalar = scalars[index]
      let rest = scalars[scalars.index(after: index)...]
      if !TextSanitizer.mustEscape(scalar), surroundings.allow(scalar, before: rest) {
        surroundings.pass(scalar)
        append(scalar, to: &escaped)
      } else {
        surroundings.interrupt()
        appendEscape(of: scalar, to: &escaped)
      }
    }
    return escaped
  }

  private static func append(_ scalar: Unicode.Scalar, to text: inout String) {
    switch scalar {
    case "\"": text += "\\\""
    case "\\": text += "\\\\"
    default: text.unicodeScalars.append(scalar)
    }
  }

  private static func appendEscape(of scalar: Unicode.Scalar, to text: inout String) {
    switch scalar {
    case "\n": text += "\\n"
    case "\r": text += "\\r"
    case "\t": text += "\\t"
    default:
      for unit in String(scalar).utf16 {
        let digits = String(unit, radix: 16)
        text += "\\u" + String(repeating: "0", count: 4 - digits.utf8.count) + digits
      }
    }
  }
}

extension JSONObject {
  fileprivate func write(with writer: inout JSONWriter, into output: inout some TextOutputStream) {
    writer.write(members, into: &output)
  }
}
