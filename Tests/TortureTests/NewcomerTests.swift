import Harness
import Testing
import TortureKit

/// What newcomers cost, in short; `make torture` floods for a minute.
@Suite struct NewcomerTests {
  @Test("newcomers keep to their share", arguments: NewcomerAttack.allCases)
  func newcomers(_ attack: NewcomerAttack) throws { try attack.run() }

  @Test(
    "who is stopped is found, and a stop of all harms nobody", arguments: StoppedProcess.allCases)
  func stopped(_ process: StoppedProcess) throws { try process.run() }

  @Test("a peer takes neither the time nor the disk of others", arguments: Greed.allCases)
  func greed(_ greed: Greed) throws { try greed.run() }
}
