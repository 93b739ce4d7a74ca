// One event of every type with every field filled, the same on every run.
#pragma once

#include <string>
#include <vector>

#include "protocol/base/hash.h"
#include "protocol/codec/seal.h"
#include "protocol/domain/events.h"

namespace opora::protocol {

struct Sample {
  std::string name;  // of its golden file
  Envelope env;
  Facts facts;
  Personal personal;
};

std::vector<Sample> samples();

// Counts up from a seed: for keys and nonces in expected bytes.
class CountingRandom final : public Random {
 public:
  explicit CountingRandom(std::uint8_t seed) : next_(seed) {}
  void fill(void* out, std::size_t size) override {
    auto* bytes = static_cast<std::uint8_t*>(out);
    for (std::size_t i = 0; i < size; ++i) bytes[i] = next_++;
  }

 private:
  std::uint8_t next_;
};

// The sample's record with its personal part sealed under a key and a nonce from CountingRandom.
Bytes sealed_record(const Sample& sample);
DataKey sample_key();

}  // namespace opora::protocol
