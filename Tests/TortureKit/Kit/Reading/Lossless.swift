import Foundation

/// JSON and CSV give back what was said, to the byte.
enum Lossless {
  static func check(json: String, csv: String) throws {
    let kept = ForgedTranscript.texts + Forgery.brokenBytes.map(\.seen)
    // The first tells of the conversation.
    let lines = json.utf8.split(separator: 0x0a).dropFirst()
    let read = try lines.map { line in
      let object = try JSONSerialization.jsonObject(with: Data(line)) as? [String: Any]
      return (object?["text"] as? String) ?? ""
    }
    try holdBytes(read, kept, "JSON")
    let records = records(csv)
    guard let column = records.first?.firstIndex(of: "text") else {
      throw TortureFailure("CSV without a column of texts")
    }
    try holdBytes(records.dropFirst().map { $0[column] }, kept, "CSV")
  }

  /// Equal strings may have unequal bytes.
  private static func holdBytes(_ read: [String], _ kept: [String], _ what: String) throws {
    try hold(read.count == kept.count, "\(what): \(read.count) texts, not \(kept.count)")
    for (one, other) in zip(read, kept) {
      try hold(Array(one.utf8) == Array(other.utf8), "\(what): \(one.debugDescription)")
    }
  }

  /// RFC 4180, scalar by scalar: a carriage return and a line feed are one
  /// character to Swift.
  private static func records(_ csv: String) -> [[String]] {
    var records: [[String]] = []
    var record: [String] = []
    var field = String.UnicodeScalarView()
    var isQuoted = false
    var hasClosed = false
    for scalar in csv.unicodeScalars {
      switch scalar {
      case "\"":
        // A quote that follows a closing one stands for itself.
        if hasClosed { field.append("\"") }
        hasClosed = isQuoted
        isQuoted.toggle()
        continue
      case "," where !isQuoted:
        record.append(String(field))
        field = .init()
      case "\n" where !isQuoted:
        record.append(String(field))
        field = .init()
        records.append(record)
        record = []
      default: field.append(scalar)
      }
      hasClosed = false
    }
    return records
  }
}
