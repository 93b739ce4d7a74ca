console.log("opora");
