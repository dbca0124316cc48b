"""`handraise bench`: what the hub does per second, beside other servers, on the machine it is run on."""
