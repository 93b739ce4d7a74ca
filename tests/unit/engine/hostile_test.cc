// A site's machine in wrong hands: its journal is chained as it should be and says what a site may
// not say. The hub keeps it aside with an alarm, and the region stays as it was.
#include "protocol/domain/access.h"
#include "sync/projection/rebuild.h"
#include "tests/unit/engine/fixture.h"

namespace opora::testing {
namespace {

using protocol::Draft;
using protocol::Kind;
using protocol::PersonalField;
using sync::Stream;
using sync::Table;

const AggregateId kAdmin = id_from("test", {"administrator"});
const AggregateId kProblem = id_from("test", {"problem"});

// Writes into the journal whatever it is told to, past all decisions.
sync::Command forging(Draft draft) {
  sync::Command command;
  command.decide = [draft](sync::Decision& decision) -> Result<sync::Answer> {
    decision.emit({draft});
    return sync::Answer{};
  };
  return command;
}

Draft drafted(const AggregateId& id, protocol::Facts facts) {
  Draft draft;
  draft.aggregate = id;
  draft.seq = OwnerSeq{100};  // behind all that is known, so that it would count
  draft.facts = std::move(facts);
  return draft;
}

protocol::ChangeUser administrator() {
  protocol::ChangeUser out;
  out.facts.login = "admin";
  out.facts.roles = protocol::roles_of({protocol::Role::kAdministrator}).v;
  out.facts.sites = {kHubSite};
  out.personal[PersonalField::kPasswordHash] = "the region's hash";
  return out;
}

protocol::SiteChanged site_18() {
  protocol::SiteChanged out;
  out.site = SiteNo{18};
  out.name = "Районная больница";
  out.zone = "Europe/Moscow";
  out.desks = {{DeskNo{1}, "Регистратура"}};
  out.link_key = Bytes(32, 'k');
  return out;
}

protocol::RubricatorPublished intruders_rubricator() {
  return {9, {{"nothing", "call", "nothing", "Ничего"}}};
}

class HostileSite : public EngineCoreTest {
 protected:
  HostileSite() {
    hub.must(changing_user(kAdmin, administrator()));
    hub.must(changing_site(site_18()));
    hub.must(opening_problem(kProblem, {protocol::ProblemKind::kNoLink,
                                        SiteNo{18},
                                        kMorning,
                                        {{PersonalField::kName, "нет связи"}}}));
    replicate(hub, site);
  }

  std::vector<std::string> region() { return hub.projection_rows(); }
};

TEST_F(HostileSite, ChangesNothingThatIsNotItsOwn) {
  auto admin = drafted(kAdmin, administrator().facts);
  admin.personal[PersonalField::kPasswordHash] = "the intruder's hash";
  protocol::SiteChanged stolen = site_18();
  stolen.link_key = Bytes(32, 'x');
  const Draft forged[] = {
      admin,
      drafted(id_from("test", {"another administrator"}), administrator().facts),
      drafted(protocol::site_aggregate(SiteNo{18}), stolen),
      drafted(protocol::rubricator_id(), intruders_rubricator()),
      drafted(kProblem, protocol::ProblemClosed{}),
      drafted(kProblem, protocol::ProblemOpened{protocol::ProblemKind::kOther, {}, kMorning}),
      drafted(kAdmin, protocol::Erased{"письмо"}),
      drafted(kProblem, protocol::Erased{"письмо"}),
  };
  const auto before = region();
  for (const Draft& draft : forged) {
    const auto done = site.run(forging(draft));
    ASSERT_TRUE(done.ok()) << done.error().path << ": " << done.error().message;
  }
  replicate(site, hub);
  EXPECT_EQ(region(), before);
  EXPECT_EQ(hub.personal(Kind::kUser, kAdmin, PersonalField::kPasswordHash), "the region's hash");
  ASSERT_EQ(hub.set_aside().size(), std::size(forged));
  EXPECT_EQ(hub.set_aside()[0].reason,
            "not a site's to say: sites: a user of a site works there alone");
  EXPECT_TRUE(journal(hub, site.no()).empty());
}

TEST_F(HostileSite, DoesNotHoldUpWhatItSaysOfItself) {
  site.must(forging(drafted(protocol::site_aggregate(SiteNo{18}), site_18())));
  const auto saved = site.save(contact_from("89123456789", "принтер"));
  site.must(affecting(kProblem, {}));
  replicate(site, hub);
  EXPECT_EQ(hub.set_aside().size(), 1u);
  EXPECT_TRUE(hub.entity(Kind::kTicket, saved.ticket).exists());
  EXPECT_EQ(hub.entity(Kind::kProblem, kProblem).as<protocol::ProblemState>()->affected, 1u);
}

// What came before the version that knows its type could not be asked when it came.
TEST_F(HostileSite, IsAskedAgainWhenTheProjectionsAreBuiltAnew) {
  site.must(forging(drafted(protocol::rubricator_id(), intruders_rubricator())));
  const auto rows = journal(site, site.no());
  ASSERT_EQ(rows.size(), 1u);
  const auto txn = hub.store().begin();
  sync::put_record(*txn, rows[0].ref, rows[0].chain, rows[0].record);
  sync::forget_projection(*txn);
  ASSERT_TRUE(txn->commit().ok());
  const auto before = region();
  ASSERT_TRUE(sync::ensure_projection(hub.store(), sync::Vault(hub.site_key())).ok());
  EXPECT_EQ(region(), before);
}

}  // namespace
}  // namespace opora::testing
