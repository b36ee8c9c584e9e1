import ChatCore
import ChatSecure
import Testing
import Transcript

@testable import History

/// `history seal`, and what `verify`, `prune` and `delete` make of seals.
@Suite struct SealTests {
  private let fixture: Fixture
  private let owner: KeySigner

  init() throws {
    fixture = try Fixture.talks()
    owner = try KeySigner()
  }

  private func seals() throws -> Int64? {
    try fixture.connection.integer("SELECT count(*) FROM seal")
  }

  @Test func `the newest seal is one line, and the same until something is said`() throws {
    let first = try fixture.history(["seal"], as: owner)
    #expect(first.exit == 0 && first.errors == "", "\(first)")
    #expect(
      first.output.hasPrefix("seal=1,event=11,time=2026-03-06T08:00:00.000Z,SHA256:"), "\(first)")
    #expect(first.output.utf8.count { $0 == 0x0a } == 1)
    let later = try fixture.history(["seal"], as: owner, now: "2026-03-07T00:00:00")
    #expect(later.output == first.output)
    #expect(try fixture.history(["seal"], as: nil).output == first.output)
    #expect(try seals() == 1)
  }

  @Test func `without a key nothing is sealed, and it is said`() throws {
    let result = try fixture.history(["seal"], as: nil)
    #expect(result.exit == 1 && result.output == "")
    #expect(
      result.errors == "chatserve: not all is sealed, and there is no key to seal it with\n")
    let verified = try fixture.history(["verify"], as: nil)
    #expect(verified.exit == 0)
    #expect(
      verified.output.contains(
        "note: no seal: who can write the file could have made all of it anew (no damage)\n"))
    let broken = try fixture.history(["seal"], as: nil) {
      $0.startSigner = { _ in .failed(path: "/k") }
    }
    #expect(broken.exit == 1)
    #expect(
      broken.errors.hasPrefix("chatserve: the key /k cannot be used; \"chatserve key\" says why\n"))
  }

  @Test func `an empty transcript has no seal`() throws {
    let result = try Fixture().history(["seal"], as: owner)
    #expect(result.exit == 1 && result.output == "")
    #expect(result.errors == "chatserve: there is nothing to seal, and no seal\n")
  }

  @Test func `it says until when it is sealed, and by whom`() throws {
    _ = try fixture.history(["seal"], as: owner)
    try fixture.insert(
      """
      INSERT INTO event (link, conversation_id, at, kind, text)
      VALUES (zeroblob(32), 3, 5, 'mode', 'free')
      """)
    try relinkAll()
    for arguments in [[], ["--key", owner.fingerprint]] {
      let result = try fixture.history(["verify"] + arguments, as: arguments.isEmpty ? owner : nil)
      #expect(result.exit == 0, "\(result)")
      #expect(
        result.output.contains(
          """
          note: sealed until event 11, 2026-03-06T00:00:00.000-08:00, by \(owner.fingerprint)
          note: 1 event after that not sealed yet (no damage)

          """), "\(result)")
    }
    let stranger = try fixture.history(["verify"], as: nil)
    #expect(stranger.exit == 0)
    #expect(stranger.output.contains("\(owner.fingerprint), whom nobody here knows"))
    let json = try fixture.history(["verify", "-o", "json"], as: owner)
    #expect(
      json.output.contains(
        """
        "seals":1,"sealed_through":11,"sealed_at":"2026-03-06T08:00:00.000Z",\
        "sealed_by":"\(owner.fingerprint)","sealed_by_trusted":true,\
        "sealed_by_former_key":false,"unsealed_events":1,"unsigned_removals":0,
        """), "\(json)")
    #expect(try fixture.history(["verify", "--key", "SHA256:x"], as: nil).exit == 64)
    let other = try KeySigner()
    #expect(try fixture.history(["verify", "--key", other.fingerprint], as: owner).exit == 1)
    #expect(
      try fixture.history(
        ["verify", "--key", other.fingerprint, "--key", owner.fingerprint], as: nil
      ).exit == 0)
  }

  private func relinkAll() throws { _ = try fixture.history("verify") }

  @Test(arguments: [true, false])
  func `what is deleted leaves its head and a note`(_ isSigned: Bool) throws {
    _ = try fixture.history(["seal"], as: owner)
    let result = try fixture.history(["delete", "2", "-y"], as: isSigned ? owner : nil)
    #expect(result.exit == 0)
    let warning = """
      chatserve: without the key that this transcript is sealed with (--key-file names it) the \
      note of what goes is not signed, and "history verify" will say so

      """
    #expect(result.errors.contains(warning) == !isSigned, "\(result)")
    let seal = try #require(try fixture.connection.newestSeal())
    #expect(seal.kind == "removal" && (seal.signature != nil) == isSigned)
    #expect(seal.note == "1 conversations, 0 messages, 3 events")
    #expect(try fixture.connection.sealHeads(of: 2).map(\.conversation) == [2])
    let verified = try fixture.history(["verify"], as: owner)
    #expect(verified.exit == 0, "\(verified)")
    #expect(
      verified.output.contains("note: seal 2, of a removal, is not signed (no damage)\n")
        == !isSigned)
    // The rest goes on as before.
    _ = try fixture.history(["prune", "--before", "2026-03-05", "-y"], as: owner)
    _ = try fixture.history(["seal"], as: owner)
    let after = try fixture.history(["verify"], as: owner)
    #expect(after.exit == 0, "\(after)")
  }

  @Test func `another key signs nothing where one has sealed`() throws {
    _ = try fixture.history(["seal"], as: owner)
    let other = try KeySigner()
    let deleted = try fixture.history(["delete", "2", "-y"], as: other)
    #expect(deleted.exit == 0 && deleted.errors.contains("is not signed"), "\(deleted)")
    try fixture.insert(
      """
      INSERT INTO event (link, conversation_id, at, kind, text)
      VALUES (zeroblob(32), 3, 5, 'mode', 'free')
      """)
    try relinkAll()
    let sealed = try fixture.history(["seal"], as: other)
    #expect(sealed.exit == 1 && sealed.errors.contains("(--key-file)"), "\(sealed)")
    #expect(try seals() == 2)
    #expect(try fixture.history(["verify"], as: owner).exit == 0)
  }

  /// Which is damage, and can be deleted.
  @Test func `a conversation without an event leaves a head too`() throws {
    try fixture.connection.execute("PRAGMA foreign_keys = OFF")
    try fixture.connection.execute("DELETE FROM event WHERE conversation_id = 2")
    _ = try fixture.history(["delete", "2", "-y"], as: owner)
    #expect(try fixture.connection.sealHeads(of: 1).map(\.event) == [0])
    #expect(try !fixture.history(["verify"], as: owner).output.contains("seals name"))
  }

  /// Who signs while all others wait, and is stopped, holds up a talk.
  @Test func `under the lock a signature is not waited for long`() throws {
    final class Watch: SealSigner {
      let owner: KeySigner
      var limits: [Duration] = []
      var publicKey: [UInt8] { owner.publicKey }
      init(_ owner: KeySigner) { self.owner = owner }
      func signature(of statement: [UInt8], within limit: Duration) -> [UInt8]? {
        limits.append(limit)
        return owner.signature(of: statement)
      }
    }
    let watch = Watch(owner)
    _ = try fixture.history(["seal"], as: owner)
    let result = try fixture.history(["delete", "1", "2", "-y"], as: nil) {
      $0.startSigner = { _ in .signer(watch) }
    }
    #expect(result.exit == 0, "\(result)")
    let isSealed = try fixture.connection.sealKeyChange(
      from: (watch, owner.fingerprint), to: (watch, owner.fingerprint),
      at: Timestamp(milliseconds: 9))
    #expect(isSealed)
    #expect(watch.limits.count == 3 && watch.limits.allSatisfy { $0 <= .milliseconds(100) })
  }

  /// Just what is damaged somebody may want to be rid of.
  @Test func `a conversation whose last link is none can be deleted`() throws {
    try fixture.connection.execute(
      """
      PRAGMA ignore_check_constraints = ON;
      UPDATE event SET link = x'00' WHERE id = 8
      """)
    let result = try fixture.history(["delete", "2", "-y"], as: owner)
    #expect(result.exit == 0, "\(result)")
    #expect(try fixture.connection.integer("SELECT count(*) FROM conversation") == 2)
    #expect(try fixture.history(["verify"], as: owner).exit == 0)
  }

  @Test func `a transcript without seals is not asked about a key`() throws {
    let result = try fixture.history(["delete", "2", "-y"], as: nil)
    #expect(result.exit == 0 && !result.errors.contains("key"), "\(result)")
    let verified = try fixture.history(["verify"], as: nil)
    #expect(verified.exit == 0, "\(verified)")
  }

  /// More than one seal holds.
  @Test func `what one seal does not hold the next one does`() throws {
    var limits = SealDraft.Limits()
    for (heads, events) in [(1, 100), (100, 1), (2, 4)] {
      let fixture = try Fixture.talks()
      (limits.heads, limits.events) = (heads, events)
      var count = 0
      while let draft = try SealDraft.make(
        fixture.connection, at: Timestamp(milliseconds: 9), key: owner.publicKey, limits)
      {
        let signature = try #require(owner.signature(of: draft.statement))
        let isNext = try fixture.connection.write { () throws(TranscriptError) in
          try draft.insert(fixture.connection, signature: signature)
        }
        #expect(isNext)
        count += 1
        #expect(draft.isLast == (try !SealDraft.isWanted(fixture.connection)))
      }
      #expect(count > 2, "\(heads), \(events)")
      let verified = try fixture.history(["verify"], as: owner)
      #expect(verified.exit == 0 && verified.output.contains("until event 11,"), "\(verified)")
    }
  }

  @Test func `of two at once one is the next`() throws {
    func draft() throws -> SealDraft {
      try #require(
        try SealDraft.make(
          fixture.connection, at: Timestamp(milliseconds: 9), key: owner.publicKey))
    }
    let drafts = [try draft(), try draft()]
    for (draft, isNext) in zip(drafts, [true, false]) {
      let signature = try #require(owner.signature(of: draft.statement))
      let was = try fixture.connection.write { () throws(TranscriptError) in
        try draft.insert(fixture.connection, signature: signature)
      }
      #expect(was == isNext)
    }
    #expect(try seals() == 1)
  }

  @Test func `what is signed is a seal to the signer`() throws {
    let draft = try #require(
      try SealDraft.make(
        fixture.connection, at: Timestamp(milliseconds: 9), key: owner.publicKey))
    #expect(SignedForm.of(draft.statement) == .seal)
  }

  // MARK: Another key

  @Test func `a key that the old one vouches for is trusted, and the old one by it`() throws {
    let next = try KeySigner()
    _ = try fixture.history(["seal"], as: owner)
    let isSealed = try fixture.connection.sealKeyChange(
      from: (owner, owner.fingerprint), to: (next, next.fingerprint),
      at: Timestamp(milliseconds: 9))
    #expect(isSealed)
    try fixture.insert(
      """
      INSERT INTO event (link, conversation_id, at, kind, text)
      VALUES (zeroblob(32), 3, 5, 'mode', 'free')
      """)
    try relinkAll()
    _ = try fixture.history(["seal"], as: next)
    for trusted in [owner, next] {
      let result = try fixture.history(["verify"], as: trusted)
      #expect(result.exit == 0 && !result.output.contains("knows"), "\(result)")
      #expect(result.output.contains("by \(next.fingerprint)\n"))
    }
    #expect(try fixture.history(["verify"], as: nil).exit == 0)
    // Without the word of the old one it is a stranger's.
    try fixture.connection.execute("UPDATE seal SET note = replace(note, 'SHA256', 'SHA255')")
    #expect(try fixture.history(["verify"], as: owner).exit == 1)
  }

  @Test func `who does not sign vouches for nobody`() throws {
    struct Silent: SealSigner {
      let publicKey: [UInt8]
      func signature(of statement: [UInt8], within limit: Duration) -> [UInt8]? { nil }
    }
    let isSealed = try fixture.connection.sealKeyChange(
      from: (Silent(publicKey: owner.publicKey), owner.fingerprint),
      to: (owner, owner.fingerprint), at: Timestamp(milliseconds: 9))
    #expect(!isSealed)
    #expect(try seals() == 0)
    // A removal that nobody signs is noted all the same.
    let result = try fixture.history(["delete", "2", "-y"], as: nil) {
      let silent = Silent(publicKey: owner.publicKey)
      $0.startSigner = { _ in .signer(silent) }
    }
    #expect(result.exit == 0 && result.errors.contains("the note of what goes is not signed"))
    #expect(try fixture.connection.newestSeal()?.key == nil)
    let seal = try fixture.history(["seal"], as: nil) {
      let silent = Silent(publicKey: owner.publicKey)
      $0.startSigner = { _ in .signer(silent) }
    }
    #expect(seal.exit == 75)
  }
}
