DROP VIEW kernel.data_map;
