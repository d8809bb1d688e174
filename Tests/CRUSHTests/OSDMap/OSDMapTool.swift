import CRUSH
import Foundation
import Testing

/// Ceph's own tool for OSDMaps, the oracle for where PGs are.
///
/// `HOLDFAST_OSDMAPTOOL` names another one than this machine's: a program that runs osdmaptool of another release in
/// the current folder.
enum OSDMapTool {
    private static let environment = ProcessInfo.processInfo.environment

    /// Where it is; nil if this machine has none.
    static let path = [environment["HOLDFAST_OSDMAPTOOL"], "/usr/bin/osdmaptool", "/usr/local/bin/osdmaptool"]
        .compactMap { $0 }.first { FileManager.default.isExecutableFile(atPath: $0) }

    /// Whether there is one; a failure where one is demanded by `HOLDFAST_REQUIRE_LAB=1`.
    static func isHere() throws -> Bool {
        try #require(path != nil || environment["HOLDFAST_REQUIRE_LAB"] != "1", "osdmaptool is not installed")
        return path != nil
    }

    /// Its release: 16, 18, 20.
    static func release() throws -> Int {
        let answer = try CrushTool.run(["--version"], input: [], program: path).answer
        let words = answer.text.split(separator: " ")
        return try #require(words.dropFirst(2).first?.split(separator: ".").first.flatMap { Int($0) })
    }

    /// What it prints of a map, without its messages about what was marked.
    static func lines(_ arguments: [String], of map: OSDMap) throws -> [Substring] {
        let answer = try CrushTool.run(["in"] + arguments, input: map.encoded(), program: path).answer
        try #require(answer.status == 0, "osdmaptool \(arguments.joined(separator: " ")): \(answer.errors)")
        return answer.text.split(separator: "\n").filter { !$0.hasPrefix("marking ") }
    }
}

extension OSDMap {
    /// The lines that should be those of the tool.
    func pgLines(listsPGs: Bool) -> [String] {
        var lines: [String] = []
        let report = PGReport(self, listsPGs: listsPGs) { lines.append("\($0)") }
        return lines + report.summary
    }
}
