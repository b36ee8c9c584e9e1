import FuzzTargets
import Glibc

/// libFuzzer's way in (https://llvm.org/docs/LibFuzzer.html#fuzz-target); the
/// environment variable FUZZ_TARGET names which.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ data: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  let bytes = Array(UnsafeBufferPointer(start: data, count: count))
  do throws(FuzzFinding) {
    try target.check(bytes)
  } catch {
    fatalError("\(target.rawValue): \(error.what)")
  }
  return 0
}

private let target: FuzzTarget = {
  let name = getenv("FUZZ_TARGET").map { String(cString: $0) } ?? ""
  guard let target = FuzzTarget(rawValue: name) else {
    fatalError("FUZZ_TARGET is one of \(FuzzTarget.allCases.map(\.rawValue))")
  }
  return target
}()
