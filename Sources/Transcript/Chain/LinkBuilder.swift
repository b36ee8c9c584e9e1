import CSQLite
import ChatDigest

/// Makes a link: SHA-256 over the link before it and a list of values, each with what it
/// is and how long before it, so that no two lists of values are the same bytes.
///
/// | value | bytes |
/// |---|---|
/// | NULL | 0 |
/// | integer | 1, then 8, the highest first, two's complement |
/// | text | 2, the number of its bytes as 8, the highest first, then its UTF-8 |
/// | blob | 3, the number of its bytes as 8, the highest first, then they |
///
/// One makes any number of links, one after the other.
package struct LinkBuilder: ~Copyable {
  private let hasher = SHA256()
  /// What the link is over, gathered: a call of OpenSSL's for each value would cost more
  /// than the copying does.
  private(set) var bytes: [UInt8] = []

  package init() {}

  /// Begins the next one.
  ///
  /// - Parameter link: the one before it; ``Digest/zero``: there is no one.
  package mutating func begin(after link: Digest) {
    bytes.removeAll(keepingCapacity: true)
    link.withUnsafeBytes { bytes.append(contentsOf: $0) }
  }

  mutating func add(_ value: SQLValue) {
    switch value {
    case .null: bytes.append(0)
    case .integer(let integer): add(integer)
    case .text(var text): text.withUTF8 { add(2, UnsafeRawBufferPointer($0)) }
    case .blob(let blob): blob.withUnsafeBytes { add(3, $0) }
    }
  }

  mutating func add(_ values: [SQLValue]) {
    for value in values { add(value) }
  }

  /// Adds what is in `columns` of the row that `row` is at, as it is stored: bytes that
  /// are not UTF-8 are not repaired before.
  package mutating func add(_ row: Statement, _ columns: Range<Int>) {
    for column in columns {
      let index = Int32(column)
      switch sqlite3_column_type(row.handle, index) {
      case SQLITE_NULL: bytes.append(0)
      case SQLITE_INTEGER: add(sqlite3_column_int64(row.handle, index))
      // A text as a blob is its own bytes
      // (https://www.sqlite.org/c3ref/column_blob.html).
      case SQLITE_TEXT: add(2, row.blob(at: column))
      // A real cannot be in these tables; it makes another link.
      default: add(3, row.blob(at: column))
      }
    }
  }

  package func finish() -> Digest {
    bytes.withUnsafeBytes { hasher.add($0) }
    return hasher.finish()
  }

  private mutating func add(_ integer: Int64) {
    bytes.append(1)
    addWord(UInt64(bitPattern: integer))
  }

  private mutating func add(_ type: UInt8, _ content: UnsafeRawBufferPointer) {
    bytes.append(type)
    addWord(UInt64(content.count))
    bytes.append(contentsOf: content)
  }

  private mutating func addWord(_ word: UInt64) {
    withUnsafeBytes(of: word.bigEndian) { bytes.append(contentsOf: $0) }
  }
}
