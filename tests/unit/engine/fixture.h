// A hub with a rubricator and one site that has it: where the tests of the engine start. Here
// `site` is where things happen and `hub` receives them.
#pragma once

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "protocol/codec/record_codec.h"
#include "tests/support/region.h"

namespace opora::testing {

class EngineCoreTest : public ::testing::Test {
 protected:
  EngineCoreTest() {
    hub.must(publishing({{"appointment", "call", "appointments", "Запись на приём"}}));
    replicate(hub, site);
  }

  std::vector<sync::JournalRow> journal(TestSite& at, SiteNo origin) {
    std::vector<sync::JournalRow> out;
    sync::scan_journal(*at.store().snapshot(), origin, StreamPos{1}, [&](sync::JournalRow row) {
      out.push_back(std::move(row));
      return true;
    });
    return out;
  }
  protocol::Envelope envelope(const sync::JournalRow& row) {
    return protocol::decode_record(row.record)->env;
  }
  // The records of one origin follow each other: dense, each naming the chain before it.
  void expect_chained(const std::vector<sync::JournalRow>& rows) {
    sync::StreamHead head;
    for (const auto& row : rows) {
      const auto env = envelope(row);
      EXPECT_EQ(row.ref.n.v, head.pos.v + 1);
      EXPECT_EQ(env.n, row.ref.n);
      EXPECT_EQ(env.incarnation, row.ref.incarnation);
      EXPECT_EQ(env.prev, head.chain);
      EXPECT_EQ(row.chain, protocol::chain_of(head.chain, row.record));
      head = {row.ref.n, row.chain};
    }
  }
  // The record without its personal part and with another past.
  Bytes retold(const sync::Entry& entry, const ChainHash& prev) {
    auto view = protocol::decode_record(entry.bytes);
    view->env.prev = prev;
    return protocol::encode_record(view->env, view->facts, "");
  }
  void whole_call(const std::string& id, std::int64_t at_s, const std::string& agent) {
    site.observe(step(id, 1, protocol::CallStep::kQueued, at_s));
    site.observe(step(id, 2, protocol::CallStep::kRinging, at_s + 5, agent));
    site.observe(step(id, 3, protocol::CallStep::kAnswered, at_s + 9, agent));
    site.observe(step(id, 4, protocol::CallStep::kEnded, at_s + 60, agent));
  }

  ManualClock clock;
  TestSite hub{kHubSite, clock};
  TestSite site{SiteNo{17}, clock};
};

}  // namespace opora::testing
