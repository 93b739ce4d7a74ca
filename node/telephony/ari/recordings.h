// StoredRecordings: the recordings that an Asterisk keeps, over ARI (RecordingSource). A connection
// of its own, for a file takes longer than a call may wait.
#pragma once

#include "node/telephony/recording_source.h"
#include "web/client/http_client.h"

namespace opora::telephony::ari {

class StoredRecordings final : public RecordingSource {
 public:
  explicit StoredRecordings(web::Remote pbx);
  Result<Sound> fetch(TapeKey tape) override;
  Status remove(TapeKey tape) override;
  void stop() override { requests_.stop(); }

 private:
  web::HttpClient requests_;
};

}  // namespace opora::telephony::ari
