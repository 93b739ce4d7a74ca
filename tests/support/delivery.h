// What a hub has said so far, with its keys, given to the engine of a site as the batches of one of
// its streams; positions from 1 each time, so that what the engine has is only marked again.
#pragma once

#include <future>

#include <gtest/gtest.h>

#include "sync/engine/engine.h"
#include "tests/support/region.h"

namespace opora::testing {

inline void deliver_stream(TestSite& hub, sync::Engine& engine, sync::Stream stream) {
  for (const sync::Stream each : {stream, sync::keys_of(stream)}) {
    const auto source =
        sync::carries_keys(each) ? sync::Stream::kJournalKeys : sync::Stream::kJournal;
    auto entries = as_stream(hub.outgoing(source), each);
    if (entries.empty()) continue;
    std::promise<bool> done;
    sync::ReceivedBatch batch;
    batch.stream = each;
    batch.peer = kHubSite;
    batch.entries = std::move(entries);
    batch.done = [&](const Result<sync::StreamHead>& head) { done.set_value(head.ok()); };
    engine.submit(std::move(batch));
    ASSERT_TRUE(done.get_future().get());
  }
}

}  // namespace opora::testing
