import Glibc
import Harness
import TortureKit

/// One attack, by the name that picks it.
struct NamedAttack {
  var name: String
  var body: () throws -> Any
}

enum Attacks {
  static func all(rounds: Int, seed: UInt64) -> [NamedAttack] {
    [
      NamedAttack(name: "kill") { try KillRounds.run(rounds: rounds, seed: seed) },
      NamedAttack(name: "cut-clear") { try cut(over: .clear, rounds, seed) },
      NamedAttack(name: "cut-tls") { try cut(over: .tls, rounds, seed) },
    ]
      + NetworkTrial.allCases.map { trial in
        NamedAttack(name: "network-\(trial)") {
          NetworkTrial.isPossible ? "\(try trial.run()) ms" : "not tried: only root may"
        }
      }
      + faults + storage + shortages + peers
      + [NamedAttack(name: "silence") { try SilenceTrial.run() }]
      + [NamedAttack(name: "servers") { try ManyServers.run(servers: 32, messages: 200) }]
  }

  /// Half an hour of it is worth a word now and then.
  private static func cut(
    over link: Stage.Link, _ rounds: Int, _ seed: UInt64
  ) throws -> CutRounds.Report {
    try CutRounds.run(rounds: rounds, seed: seed, link: link) { report in
      guard report.rounds.isMultiple(of: 100), report.rounds < rounds else { return }
      print("        \(report)")
      fflush(nil)
    }
  }

  private static var faults: [NamedAttack] {
    FaultPlan.Kind.allCases.flatMap { kind in
      [
        NamedAttack(name: "call-\(kind)-once") {
          try FaultSweep.run(kind, lasting: false, dying: false)
        },
        NamedAttack(name: "call-\(kind)-lasting") {
          try FaultSweep.run(kind, lasting: true, dying: false)
        },
        NamedAttack(name: "call-\(kind)-dying") {
          try FaultSweep.run(kind, lasting: true, dying: true)
        },
      ]
    }
  }

  private static var storage: [NamedAttack] {
    StorageFault.allCases.map { fault in
      NamedAttack(name: "storage-\(fault)") { try StorageTrial.run(fault) }
    }
      + TamperedTranscript.allCases.map { kind in
        NamedAttack(name: "tampered-\(kind)") { try kind.run() }
      }
      + [NamedAttack(name: "frozen-disk") { try FrozenDisk.run() }]
      + TakenTranscript.allCases.map { attack in
        NamedAttack(name: "transcript-\(attack)") { try attack.run() }
      }
  }

  private static var shortages: [NamedAttack] {
    [
      NamedAttack(name: "keeper") { try KeeperTrial.run() },
      NamedAttack(name: "taken-over") { try TakenOver.run() },
      NamedAttack(name: "queue-terminal") {
        RogueReport.isPossible ? try QueueTerminal.run() : "not tried: only root may"
      },
    ]
      + Shortage.allCases.map { shortage in
        NamedAttack(name: "shortage-\(shortage)") {
          try shortage.run()
          return "told, and over"
        }
      }
  }

  private static var peers: [NamedAttack] {
    HostilePeer.allCases.map { kind in
      NamedAttack(name: "peer-\(kind)") { try Siege.run(kind, seconds: 10) }
    }
      + RogueReport.allCases.map { attack in
        NamedAttack(name: "report-\(attack)") {
          RogueReport.isPossible ? try attack.run() : "not tried: only root may"
        }
      }
      + [NamedAttack(name: "flood") { try Flood.run(seconds: 60) }]
      + NewcomerAttack.allCases.map { attack in
        NamedAttack(name: "newcomers-\(attack)") {
          try attack.run()
          return "holds"
        }
      }
      + StoppedProcess.allCases.map { stopped in
        NamedAttack(name: "stopped-\(stopped)") {
          try stopped.run()
          return "holds"
        }
      }
      + Greed.allCases.map { greed in
        NamedAttack(name: "greed-\(greed)") {
          try greed.run()
          return "holds"
        }
      }
      + HostileServer.allCases.map { kind in
        NamedAttack(name: "server-\(kind)") { "\(try kind.run()) KiB" }
      } + [
        NamedAttack(name: "forgery") {
          try ForgeryStage.server(Forgery.characters + Forgery.attacks)
          try ForgeryStage.client(Forgery.characters + Forgery.attacks)
          return "\(Forgery.characters.count + Forgery.attacks.count) texts, both programs"
        },
        NamedAttack(name: "rows") { try ForgedRows.run(widths: ForgedRows.widths) },
        NamedAttack(name: "history") { "\(try HistoryStage.run()) commands" },
      ]
  }
}
