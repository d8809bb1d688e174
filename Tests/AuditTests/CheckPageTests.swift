import Foundation
import Testing

@testable import Audit

/// The pages in `docs/checks` are what the catalogue says.
@Suite struct CheckPageTests {
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "../../docs/checks").standardizedFileURL

    /// The name and the text of every page.
    private static var pages: [(name: String, text: String)] {
        Catalogue.checks.map { ("\($0.id).md", $0.page) } + [("README.md", Catalogue.index)]
    }

    @Test func `the committed pages are those of the catalogue`() throws {
        if ProcessInfo.processInfo.environment["HOLDFAST_WRITE_DOCS"] == "1" {
            try FileManager.default.createDirectory(at: Self.folder, withIntermediateDirectories: true)
            for page in Self.pages {
                try Data(page.text.utf8).write(to: Self.folder.appending(path: page.name))
            }
        }
        for page in Self.pages {
            let committed = try String(contentsOf: Self.folder.appending(path: page.name), encoding: .utf8)
            #expect(committed == page.text, "\(page.name) is old: run this test with HOLDFAST_WRITE_DOCS=1")
        }
        let files = try FileManager.default.contentsOfDirectory(atPath: Self.folder.path)
        #expect(Set(files) == Set(Self.pages.map(\.name)))
    }
}
