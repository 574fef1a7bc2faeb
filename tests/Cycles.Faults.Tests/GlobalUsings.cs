// Orleans has an ErrorCode of its own, which nothing here means.
