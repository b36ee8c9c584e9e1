import Testing
import TortureKit

@Suite struct StorageTests {
  @Test(
    "nothing is acknowledged, shown or sent that is not recorded",
    arguments: StorageFault.allCases)
  func fault(_ fault: StorageFault) throws {
    // Mounting takes root.
    guard fault.isPossible else { return }
    _ = try StorageTrial.run(fault)
  }
}
