import Foundation
import FuzzTargets
import Testing
import TortureKit

@Suite struct FuzzTests {
  @Test("every case that was ever found holds", arguments: FuzzTarget.allCases)
  func cases(_ target: FuzzTarget) throws {
    let cases = try Self.cases(of: target)
    try #require(!cases.isEmpty)
    for bytes in cases { try target.check(bytes) }
  }

  @Test("random mutations of them hold", arguments: FuzzTarget.allCases)
  func mutations(_ target: FuzzTarget) throws {
    let seed = UInt64.random(in: 0 ... .max)
    print("fuzzing \(target) with seed \(seed)")
    try RandomCases.run(target, from: Self.cases(of: target), count: 3000, seed: seed)
  }

  private static func cases(of target: FuzzTarget) throws -> [[UInt8]] {
    let directory = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("../Fuzz/Cases/\(target)")
    return try FileManager.default.contentsOfDirectory(
      at: directory, includingPropertiesForKeys: nil
    ).map { try Array(Data(contentsOf: $0)) }
  }
}
