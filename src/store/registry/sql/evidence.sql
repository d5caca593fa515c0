SELECT document FROM evidence WHERE sha256 = ?1;
