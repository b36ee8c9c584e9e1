import Testing

@testable import History

/// Whether a talk was encrypted and whose key was there, for programs.
@Suite struct ProtectionTests {
  @Test func `JSON has the encryption and the key of a conversation`() throws {
    let fixture = try Fixture()
    let run = try fixture.run(started: "2026-03-01 14:00:00")
    for (encrypted, key) in [(nil, nil), (0, nil), (1, nil), (1, "SHA256:abc")] as [(Int?, String?)]
    {
      let id = try fixture.open(run: run, at: "2026-03-01 14:02:03", port: 50_112)
      try fixture.insert(
        "UPDATE conversation SET encrypted = ?2, peer_key = ?3 WHERE id = ?1", id, encrypted, key)
    }
    for verb in [["list", "-a", "-r"], ["show", "1..@"]] {
      let rows = try Fixture.history(verb + ["-o", "json", "--database", fixture.path]).output
        .split(separator: "\n")
        .filter { $0.contains(#""type":"conversation""#) }
      #expect(rows.map { $0.hasSuffix(#""encrypted":null,"key":null}"#) }.first == true)
      #expect(rows.count == 4)
      #expect(rows[1].hasSuffix(#""encrypted":false,"key":null}"#))
      #expect(rows[2].hasSuffix(#""encrypted":true,"key":null}"#))
      #expect(rows[3].hasSuffix(#""encrypted":true,"key":"SHA256:abc"}"#))
    }
  }
}
