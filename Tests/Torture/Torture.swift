import Glibc
import TortureKit

/// The long form of `make test`'s attacks:
///
///     torture [--rounds N] [--seed N] [ATTACK ...]
///
/// Without names every attack is made. Ends with 1 when one failed.
@main
enum Torture {
  static func main() {
    var options = Options(Array(CommandLine.arguments.dropFirst()))
    let attacks = Attacks.all(rounds: options.rounds, seed: options.seed)
    guard attacks.contains(where: { options.wants($0.name) }) else {
      let names = attacks.map(\.name).joined(separator: " ")
      print("No attack begins with a name given. There are: \(names)")
      exit(64)
    }
    print("seed \(options.seed), \(options.rounds) rounds")
    fflush(nil)
    for attack in attacks where options.wants(attack.name) {
      let began = Clock.seconds
      do {
        let result = try attack.body()
        print("ok      \(attack.name): \(result) (\(Int(Clock.seconds - began)) s)")
      } catch {
        options.failures += 1
        print("FAILED  \(attack.name): \(error)")
      }
      // A log is read while this runs.
      fflush(nil)
    }
    exit(options.failures == 0 ? 0 : 1)
  }
}

private struct Options {
  var rounds = 2000
  var seed = UInt64.random(in: 0 ... .max)
  var names: [String] = []
  var failures = 0

  init(_ arguments: [String]) {
    var rest = arguments[...]
    while let argument = rest.popFirst() {
      switch argument {
      case "--rounds": rounds = rest.popFirst().flatMap { Int($0) } ?? rounds
      case "--seed": seed = rest.popFirst().flatMap { UInt64($0) } ?? seed
      default: names.append(argument)
      }
    }
  }

  func wants(_ name: String) -> Bool {
    names.isEmpty || names.contains { name.hasPrefix($0) }
  }
}

private enum Clock {
  static var seconds: Double {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }
}
