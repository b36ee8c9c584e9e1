import Transcript

extension Fixture {
  /// Whether the database, its log or its shared memory holds the bytes of `text`.
  func holds(_ text: String) -> Bool {
    let bytes = ["", "-wal", "-shm"].flatMap { SystemFile.bytes(at: path + $0) ?? [] }
    let wanted = Array(text.utf8)
    guard let first = wanted.first else { return true }
    return bytes.indices.contains { index in
      bytes[index] == first && bytes[index...].starts(with: wanted)
    }
  }

  func history(_ arguments: [String]) throws -> Captured {
    try Self.history(arguments + ["--database", path, "--tz", "-08:00"])
  }

  func integer(_ sql: String) throws -> Int64? { try connection.integer(sql) }
}
