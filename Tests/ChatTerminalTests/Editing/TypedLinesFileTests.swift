import Glibc
import SystemPackage
import Testing

@testable import ChatPosix
@testable import ChatTerminal

/// The file of `--history-file`.
@Suite struct TypedLinesFileTests {
  private func inFile(_ body: (String) throws -> Void) throws {
    let path = "/tmp/typed-lines-\(getpid())-\(UInt64.random(in: 0 ... .max))"
    defer { unlink(path) }
    try body(path)
  }

  private func write(_ text: String, to path: String, _ mode: String) throws {
    let file = try #require(fopen(path, mode))
    fputs(text, file)
    fclose(file)
  }

  private func size(_ path: String) -> Int {
    var status = stat()
    return stat(path, &status) == 0 ? Int(status.st_size) : -1
  }

  @Test func whatIsKeptComesBack() throws {
    try inFile { path in
      let lines = ["one", "two\nrows", "\\quit", "C:\\new", "\\\\n", "é 日本 👨‍👩‍👧", "a\tb"]
      let file = try TypedLinesFile(path: path)
      #expect(file.read() == [])
      for line in lines { file.append(line) }
      #expect(file.read() == lines)
      #expect(try TypedLinesFile(path: path).read() == lines)
    }
  }

  @Test func halfARowIsEndedAndControlsAreNotDrawn() throws {
    try inFile { path in
      try TypedLinesFile(path: path).append("one")
      try write("tw\u{1b}[2Jo\u{9b}", to: path, "a")
      let file = try TypedLinesFile(path: path)
      file.append("three")
      #expect(file.read() == ["one", "tw[2Jo", "three"])
    }
  }

  @Test func itIsBounded() throws {
    try inFile { path in
      for run in 0..<6 {
        let file = try TypedLinesFile(path: path)
        for number in 0..<2000 {
          file.append("run \(run) line \(number) " + String(repeating: "x", count: 80))
        }
        #expect(size(path) <= 512 * 1024)
      }
      let file = try TypedLinesFile(path: path)
      #expect(size(path) <= 256 * 1024)
      let lines = file.read()
      #expect(lines.count == InputHistory.maximumCount)
      #expect(lines.allSatisfy { $0.hasPrefix("run ") && $0.hasSuffix("xxx") })
    }
  }

  private func longFile(_ path: String) throws -> [String] {
    let lines = (0..<4000).map { "line \($0) " + String(repeating: "x", count: 80) }
    try TypedLinesFile(path: path).append("first")
    try write(lines.map { $0 + "\n" }.joined(), to: path, "a")
    return lines
  }

  /// Another program adds to the same file meanwhile, or cuts it.
  @Test func whatAnotherHoldsIsNotCut() throws {
    try inFile { path in
      let lines = try longFile(path)
      let before = size(path)
      let other = try PrivateFile.open(FilePath(path), beginning: [])
      try other.lock()
      let file = try TypedLinesFile(path: path)
      #expect(size(path) == before)
      file.append("another")
      other.descriptor.closeOnce()
      #expect(file.read().suffix(2) == [lines[3999], "another"])
      #expect(try TypedLinesFile(path: path).read().suffix(2) == [lines[3999], "another"])
      #expect(size(path) < 150 * 1024)
      // It is held for no longer than it takes.
      try PrivateFile.open(FilePath(path), beginning: []).lock()
    }
  }

  #if DEBUG
    @Test func aLineThatFindsNoRoomLeavesNothing() throws {
      try inFile { path in
        let file = try TypedLinesFile(path: path)
        file.append("one")
        try SystemCallScript.run([("write", .moves(2)), ("write", .fails(.noSpace))]) { script in
          file.append("two")
          #expect(script.remaining == 0)
        }
        file.append("three")
        #expect(file.read() == ["one", "three"])
      }
    }

    /// The newest lines are there whatever happens while the others are cut off.
    @Test(arguments: [0, 1, 100, 40_000])
    func aCutThatFailsLosesNothing(written: Int) throws {
      try inFile { path in
        let lines = try longFile(path)
        let moves = written > 0 ? [("write", SystemCallScript.Outcome.moves(written))] : []
        try SystemCallScript.run(moves + [("write", .fails(.noSpace))]) { script in
          _ = try? TypedLinesFile(path: path)
          #expect(script.remaining == 0)
        }
        let read = try TypedLinesFile(path: path).read()
        #expect(read.count == InputHistory.maximumCount)
        #expect(read == lines.suffix(read.count))
      }
    }
  #endif

  @Test func whatIsNotOursIsLeftAlone() throws {
    for text in ["SQLite format 3\0", "my notes\n", "# lines", "{}\n", "\n"] {
      try inFile { path in
        try write(text, to: path, "w")
        // Of what may be the beginning of ours, others' rights are looked at first.
        try #require(chmod(path, 0o600) == 0)
        do throws(TypedLinesFile.Failure) {
          _ = try TypedLinesFile(path: path)
          Issue.record("\(text) was opened")
        } catch {
          guard case .foreign = error else {
            Issue.record("\(error)")
            return
          }
        }
        #expect(size(path) == text.utf8.prefix { $0 != 0 }.count)
      }
    }
  }
}
