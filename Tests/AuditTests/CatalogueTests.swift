import Resilience
import Testing

@testable import Audit

/// The catalogue as a whole: ids that stay, pages that say everything.
@Suite struct CatalogueTests {
    @Test func `ids are unique and well-formed`() {
        let ids = Catalogue.checks.map(\.id)
        #expect(Set(ids).count == ids.count, "\(Dictionary(grouping: ids) { $0 }.filter { $0.value.count > 1 }.keys)")
        for id in ids {
            #expect(id.wholeMatch(of: /[A-Z][0-9]{2}/) != nil, "\(id)")
            #expect(Catalogue.check(id.lowercased())?.id == id)
        }
        #expect(Catalogue.check("Z99") == nil)
    }

    @Test(arguments: Catalogue.checks.map(\.id))
    func `a page says what is found, why it matters and what to do`(id: String) throws {
        let check = try #require(Catalogue.check(id))
        #expect(!check.title.isEmpty && check.title.count <= 80 && !check.title.hasSuffix("."), "\(check.title)")
        for text in [check.meaning, check.reason, check.remedy] {
            #expect(text.count >= 10 && !text.hasPrefix(" "), "\(id): \(text)")
            #expect(text.filter { $0 == "`" }.count.isMultiple(of: 2), "\(id): an open quote in: \(text)")
        }
        for heading in ["# \(id): ", "## What it means", "## Why it matters", "## What to do"] {
            #expect(check.page.contains(heading), "\(id): no \(heading)")
        }
        #expect(Catalogue.index.contains("(\(id).md)"))
    }

    @Test func `profiles accept checks that there are`() {
        for profile in Profile.allCases {
            for id in profile.accepted.keys { #expect(Catalogue.check(id) != nil, "\(profile): \(id)") }
        }
    }
}
