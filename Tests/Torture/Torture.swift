import TortureKit

@main
enum Torture {
  static func main() throws {
    print(
      try KillRounds.run(
        rounds: 40, seed: UInt64(CommandLine.arguments.dropFirst().first ?? "1") ?? 1))
  }
}
