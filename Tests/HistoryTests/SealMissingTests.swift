import ChatCore
import ChatSecure
import Testing
import Transcript

@testable import History

/// What `verify`, `seal` and others say where what they are asked about is not there: no
/// transcript, no key, no seal, no signature.
@Suite struct SealMissingTests {
  private let fixture: Fixture
  private let owner: KeySigner

  init() throws {
    fixture = try Fixture.talks()
    owner = try KeySigner()
  }

  /// Runs it where nothing was ever recorded.
  private func nowhere(_ arguments: [String]) throws -> Captured {
    try Fixture.history(arguments, environment: ["HOME": fixture.directory])
  }

  private func line() throws -> String {
    let line = try fixture.history(["seal"], as: owner).output
    return line.split(separator: "\n").map(String.init).first ?? ""
  }

  // MARK: No transcript

  @Test(arguments: [[], ["-q"]])
  func `without a transcript the seal that was kept is missing`(_ quiet: [String]) throws {
    let kept = try line()
    let result = try nowhere(["verify", "--seal", kept] + quiet)
    #expect(result.exit == 1, "\(result)")
    let damage = "seal 1, as it was kept elsewhere, is not in this transcript: there is none"
    #expect(result.output.hasPrefix("damage: \(damage)\n"))
    let json = try nowhere(["verify", "-o", "json", "--seal", kept] + quiet)
    #expect(json.exit == 1 && json.output.contains("\"ok\":false"), "\(json)")
  }

  @Test func `without a transcript nothing is sealed, proved or signed by anybody`() throws {
    let key = try nowhere(["verify", "-q", "--key", owner.fingerprint])
    #expect(key.exit == 1, "\(key)")
    #expect(key.output.contains("\(owner.fingerprint) has sealed nothing here"))
    for arguments in [["seal"], ["export", "--proof"], ["export", "5"], ["show", "5"]] {
      let result = try nowhere(arguments)
      #expect(result.exit == 1 && result.output == "", "\(arguments): \(result)")
      #expect(result.errors.contains("no conversation has been recorded yet"))
    }
    #expect(try nowhere(["delete", "5", "-y"]).exit == 1)
    for verb in ["show", "list"] { #expect(try nowhere([verb, "-g", "hi"]).exit == 1) }
    for arguments in [["verify"], ["show"], ["export"], ["list"]] {
      let result = try nowhere(arguments)
      #expect(result.exit == 0 && result.output == "", "\(arguments): \(result)")
    }
    let json = try nowhere(["verify", "-o", "json"])
    #expect(json.exit == 0 && json.output.contains("\"ok\":true"), "\(json)")
  }

  // MARK: No key

  @Test(arguments: [
    ["verify"], ["seal"], ["delete", "1", "-y"], ["delete", "1", "-n"],
    ["prune", "--before", "2026-03-05", "-y"],
  ])
  func `a key that is named and cannot be had is refused first`(_ arguments: [String]) throws {
    let count = "SELECT (SELECT count(*) FROM conversation) * 100 + (SELECT count(*) FROM seal)"
    let missing = try fixture.history(arguments + ["--key-file", "/k"], as: nil) {
      $0.startSigner = { _ in .noKey("/k") }
    }
    #expect(missing.exit == 66 && missing.output == "", "\(missing)")
    #expect(missing.errors == "chatserve: there is no key at /k\n")
    let broken = try fixture.history(arguments + ["--key-file", "/k"], as: nil) {
      $0.startSigner = { _ in .failed(path: "/k") }
    }
    #expect(broken.exit == 74 && broken.output == "", "\(broken)")
    #expect(
      broken.errors
        == "chatserve: the key /k cannot be used; \"chatserve key --key-file\" says why\n")
    #expect(try fixture.connection.integer(count) == 300)
  }

  @Test func `beside a fingerprint that is trusted a named key is looked for too`() throws {
    let arguments = ["verify", "--key", owner.fingerprint, "--key-file", "/k"]
    let result = try fixture.history(arguments, as: nil) {
      $0.startSigner = { _ in .noKey("/k") }
    }
    #expect(result.exit == 66, "\(result)")
  }

  // MARK: No signature

  @Test func `a removal that is not signed is no line to keep`() throws {
    _ = try line()
    _ = try fixture.history(["delete", "2", "-y"], as: nil)
    for signer in [owner, nil] {
      let result = try fixture.history(["seal"], as: signer)
      #expect(result.exit == 1 && result.output == "", "\(result)")
      #expect(
        result.errors.hasPrefix("chatserve: the newest seal, 2, is of a removal and is not signed"))
    }
  }

  // MARK: The seal that was kept

  @Test func `a seal that is there is said to be`() throws {
    let kept = try line()
    for text in [kept, " \(kept)\r\n", "\t\(kept)  "] {
      let result = try fixture.history(["verify", "--seal", text], as: owner)
      #expect(result.exit == 0, "\(result)")
      #expect(
        result.output.contains("note: seal 1, as it was kept elsewhere, is in this transcript\n"))
    }
    let other = kept.replacing("seal=1", with: "seal=7")
    let json = try fixture.history(
      ["verify", "-o", "json", "--seal", kept, "--seal", other], as: owner)
    #expect(json.exit == 1 && json.output.contains("\"kept_seals\":[1]"), "\(json)")
    #expect(try !fixture.history(["verify"], as: owner).output.contains("kept elsewhere"))
    for text in ["", " ", "seal=1"] {
      let result = try fixture.history(["verify", "--seal", text], as: owner)
      #expect(result.exit == 64, "\(result)")
      let takes = "it takes a line that \"history seal\" printed"
      #expect(result.errors == "chatserve: --seal cannot be \"\(text)\"; \(takes)\n")
    }
  }

  // MARK: What was not looked at

  @Test func `what could not be read is not counted as empty`() throws {
    let kept = try line()
    try fixture.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    let pages = try #require(try fixture.connection.integer("PRAGMA page_count"))
    try fixture.overwrite(page: Int(pages))
    let result = try fixture.history(["verify", "--seal", kept], as: owner)
    #expect(result.exit == 1 && result.output.hasPrefix("damage: "), "\(result)")
    #expect(result.output.hasSuffix("nothing else was looked at\n"))
    #expect(!result.output.contains("is in this transcript"))
    let json = try fixture.history(["verify", "-o", "json", "--seal", kept], as: owner)
    #expect(json.output.contains("\"complete\":false,\"conversations\":null,"), "\(json)")
    #expect(json.output.contains("\"kept_seals\":[]"))
  }

  @Test func `of seals that are missing the range is named`() throws {
    func add(_ count: Int) throws {
      for _ in 0..<count {
        let isSealed = try fixture.connection.sealKeyChange(
          from: (owner, owner.fingerprint), to: (owner, owner.fingerprint),
          at: Timestamp(milliseconds: 9))
        #expect(isSealed)
      }
    }
    try add(6)
    try fixture.connection.execute("PRAGMA foreign_keys = OFF; DELETE FROM seal WHERE id > 9")
    let cut = try fixture.history(["verify"], as: owner)
    #expect(cut.output.contains("damage: seals 10..12 are missing\n"), "\(cut)")
    try fixture.connection.execute("DELETE FROM seal WHERE id BETWEEN 3 AND 7")
    let taken = try fixture.history(["verify"], as: owner)
    #expect(taken.output.contains("damage: seals 3..7 are missing\n"), "\(taken)")
    // As somebody may write it: no id of a seal.
    for id in [Int64.min, -1, 0] {
      try fixture.connection.execute(
        "PRAGMA ignore_check_constraints = ON; UPDATE seal SET id = \(id) WHERE id = 1")
      let result = try fixture.history(["verify"], as: owner)
      #expect(result.exit == 1, "\(result)")
      #expect(result.output.contains("damage: seal 1 is missing\n"), "\(result)")
      try fixture.connection.execute("UPDATE seal SET id = 1 WHERE id = \(id)")
    }
    try fixture.connection.execute(
      "DELETE FROM seal; UPDATE sqlite_sequence SET seq = \(Int64.max) WHERE name = 'seal'")
    let all = try fixture.history(["verify"], as: owner)
    #expect(all.output.contains("damage: seals 1..\(Int64.max) are missing\n"), "\(all)")
  }

  // MARK: Former keys

  @Test func `the user's own old keys are trusted, and said to be old`() throws {
    _ = try line()
    let next = try KeySigner()
    func verify(_ arguments: [String], former: [[UInt8]]) throws -> Captured {
      try fixture.history(["verify"] + arguments, as: next) { $0.formerKeys = { former } }
    }
    let known = try verify([], former: [[1], owner.publicKey])
    #expect(known.exit == 0 && known.output.contains("by \(owner.fingerprint), your former key\n"))
    let json = try verify(["-o", "json"], former: [owner.publicKey])
    #expect(json.output.contains("\"sealed_by_trusted\":true,\"sealed_by_former_key\":true"))
    // Where another is named, these are not meant.
    #expect(try verify(["--key", next.fingerprint], former: [owner.publicKey]).exit == 1)
    #expect(try verify(["--key-file", "/k"], former: [owner.publicKey]).exit == 1)
    let stranger = try verify([], former: [])
    #expect(stranger.output.contains("whom nobody here knows"), "\(stranger)")
  }
}
